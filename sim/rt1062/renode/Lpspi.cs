// Low Power SPI, master (i.MX RT1060 reference manual, chapter 48; module version 1.0), for Renode 1.16.1. C# 7.
// Own because the stock IMXRT_LPSPI sends the low byte of a longer frame first, keeps no bit of a command
// word or of DER, knows neither VERID nor RSR and raises the data match interrupt when it is enabled.
// A word takes no time: a driver that waits finds everything done. Two habits of module version 1 are
// kept: in a continuous transfer the last word arrives with the next one, and a frame ends by a command.

using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.SPI;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// Devices are registered by the number of their PCS; one with a chip select of its own is number 0.
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class Lpspi : SimpleContainer<ISPIPeripheral>, IDoubleWordPeripheral, IKnownSize
    {
        public Lpspi(IMachine machine, int fifoSize = 16) : base(machine)
        {
            this.fifoSize = fifoSize;
            IRQ = new GPIO();
            SetDefaults();
        }

        public long Size { get { return 0x4000; } }

        public GPIO IRQ { get; private set; }

        public override void Reset()
        {
            SetDefaults();
            UpdateInterrupt();
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case VERID: return 0x01000004;
            case PARAM: return 0x00040000 | Logarithm(fifoSize) << 8 | Logarithm(fifoSize);
            case SR: return Status;
            case FSR: return (uint)transmit.Count | (uint)receive.Count << 16;
            case TCR: return command;
            case RSR: return receive.Count == 0 ? 2u : (uint)(receive.Peek() >> 32);
            case RDR: return Pop();
            case TDR: return 0;
            default:
                if(!Masks.ContainsKey(offset)) { this.LogUnhandledRead(offset); return 0; }
                return values[offset];
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case CR:
                if((value & ResetAll) != 0) { SetDefaults(); }
                if((value & ResetTransmit) != 0) { transmit.Clear(); }
                if((value & ResetReceive) != 0) { receive.Clear(); }
                values[CR] = value & Masks[CR];
                if(!Running) { EndFrame(); }
                break;
            case SR: flags &= ~value; break;
            case TCR: Push(value & CommandBits | CommandMark); break;
            case TDR: Push(value); break;
            case VERID: case PARAM: case FSR: case RSR: case RDR: break;
            default:
                uint mask;
                if(!Masks.TryGetValue(offset, out mask)) { this.LogUnhandledWrite(offset, value); return; }
                values[offset] = value & mask;
                if(!Running) { EndFrame(); }
                break;
            }
            Take();
            UpdateInterrupt();
        }

        private void SetDefaults()
        {
            foreach(var offset in Masks.Keys) { values[offset] = 0; }
            transmit.Clear();
            receive.Clear();
            flags = 0;
            command = 0x1F;
            bitsLeft = 0;
            selected = null;
            inFrame = held = false;
            lastReceived = 0;
        }

        private bool Running { get { return (values[CR] & Enable) != 0 && (values[CFGR1] & Master) != 0; } }

        private uint Status
        {
            get
            {
                return flags | (transmit.Count <= (values[FCR] & 0xF) ? TransmitData : 0)
                    | (receive.Count > values[FCR] >> 16 ? ReceiveData : 0)
                    | (inFrame || (transmit.Count > 0 && Running) ? Busy : 0);
            }
        }

        private void Push(ulong entry)
        {
            if(transmit.Count < fifoSize) { transmit.Enqueue(entry); }
        }

        // Consumes the transmit FIFO as far as the receive FIFO has room.
        private void Take()
        {
            while(Running && transmit.Count > 0)
            {
                if((transmit.Peek() & CommandMark) != 0)
                {
                    Load((uint)transmit.Dequeue());
                }
                else if(ReceiveFull)
                {
                    return;
                }
                else
                {
                    Exchange((uint)transmit.Dequeue());
                }
            }
        }

        private bool ReceiveFull
        {
            get
            {
                return receive.Count + (held ? 1 : 0) >= fifoSize && (command & ReceiveMask) == 0 && (values[CFGR1] & NoStall) == 0;
            }
        }

        // A command word comes into force; with CONTC it goes on with the frame, else it ends it.
        private void Load(uint value)
        {
            DeliverHeld();
            if(inFrame && (value & ContinuingCommand) != 0) { bitsLeft = 0; }
            else { EndFrame(); }
            command = value;
            if((command & TransmitMask) != 0)
            {
                do { Exchange(0); } while(bitsLeft > 0);
                command &= ~TransmitMask;
            }
        }

        private void Exchange(uint word)
        {
            DeliverHeld();
            if(!inFrame)
            {
                inFrame = first = true;
                TryGetByAddress((int)(command >> 24) & 3, out selected);
            }
            if(bitsLeft == 0) { bitsLeft = (int)(command & 0xFFF) + 1; }
            var bits = bitsLeft < 32 ? bitsLeft : 32;
            var received = Shift(word, bits);
            bitsLeft -= bits;
            flags |= WordComplete;
            if(bitsLeft == 0 && (command & Continuous) != 0)
            {
                held = true;
                heldWord = received;
                return;
            }
            Deliver(received);
            if(bitsLeft == 0) { EndFrame(); }
        }

        // Bytes in the order of the wire, the first bit as bit 7.
        private uint Shift(uint word, int bits)
        {
            if((command & TransmitMask) != 0) { word = uint.MaxValue; }
            else if((command & ByteSwap) != 0) { word = SwapBytes(word); }
            if(bits < 32) { word &= (1u << bits) - 1; }
            if((command & LeastSignificantFirst) != 0) { word = Reverse(word, bits); }
            ulong received = 0;
            for(var left = bits; left > 0; left -= 8)
            {
                var count = left < 8 ? left : 8;
                var value = (byte)(word >> (left - count) << (8 - count));
                var answer = selected != null ? selected.Transmit(value) : (byte)0xFF;
                received = received << count | (uint)(answer >> (8 - count));
            }
            var result = (uint)received;
            if((command & LeastSignificantFirst) != 0) { result = Reverse(result, bits); }
            return (command & ByteSwap) != 0 ? SwapBytes(result) : result;
        }

        private void DeliverHeld()
        {
            if(!held) { return; }
            held = false;
            Deliver(heldWord);
        }

        private void Deliver(uint word)
        {
            var start = first;
            first = false;
            if((command & ReceiveMask) != 0) { return; }
            if(receive.Count >= fifoSize)
            {
                flags |= ReceiveError;
                return;
            }
            receive.Enqueue(start ? word | StartOfFrame : word);
        }

        private void EndFrame()
        {
            if(!inFrame) { return; }
            DeliverHeld();
            inFrame = false;
            bitsLeft = 0;
            flags |= FrameComplete;
            if(transmit.Count == 0) { flags |= TransferComplete; }
            if(selected != null) { selected.FinishTransmission(); }
            selected = null;
        }

        private uint Pop()
        {
            if(receive.Count == 0) { return lastReceived; }
            lastReceived = (uint)receive.Dequeue();
            Take();
            UpdateInterrupt();
            return lastReceived;
        }

        private void UpdateInterrupt()
        {
            IRQ.Set((Status & values[IER] & 0x3F03) != 0);
        }

        private static uint SwapBytes(uint word)
        {
            return word >> 24 | (word >> 8 & 0xFF00) | (word << 8 & 0xFF0000) | word << 24;
        }

        private static uint Reverse(uint word, int bits)
        {
            uint result = 0;
            for(var i = 0; i < bits; i++) { result |= (word >> i & 1) << (bits - 1 - i); }
            return result;
        }

        private static uint Logarithm(int value)
        {
            uint result = 0;
            while(value > 1) { value >>= 1; result++; }
            return result;
        }

        private uint flags, command, heldWord, lastReceived;
        private int bitsLeft;
        private bool inFrame, first, held;
        private ISPIPeripheral selected;
        private readonly int fifoSize;
        private readonly Queue<ulong> transmit = new Queue<ulong>();
        private readonly Queue<ulong> receive = new Queue<ulong>();
        private readonly Dictionary<long, uint> values = new Dictionary<long, uint>();

        private const long VERID = 0x00, PARAM = 0x04, CR = 0x10, SR = 0x14, IER = 0x18, DER = 0x1C, CFGR0 = 0x20, CFGR1 = 0x24;
        private const long DMR0 = 0x30, DMR1 = 0x34, CCR = 0x40, FCR = 0x58, FSR = 0x5C, TCR = 0x60, TDR = 0x64, RSR = 0x70, RDR = 0x74;
        private const uint Enable = 1 << 0, ResetAll = 1 << 1, ResetTransmit = 1 << 8, ResetReceive = 1 << 9, Master = 1 << 0, NoStall = 1 << 3;
        private const uint TransmitData = 1 << 0, ReceiveData = 1 << 1, WordComplete = 1 << 8, FrameComplete = 1 << 9;
        private const uint TransferComplete = 1 << 10, ReceiveError = 1 << 12, Busy = 1 << 24;
        private const uint TransmitMask = 1 << 18, ReceiveMask = 1 << 19, ContinuingCommand = 1 << 20, Continuous = 1 << 21;
        private const uint ByteSwap = 1 << 22, LeastSignificantFirst = 1 << 23, CommandBits = 0xFBFF0FFF;
        private const ulong CommandMark = 1UL << 32, StartOfFrame = 1UL << 32;

        // Registers that are storage, and the bits they have.
        private static readonly Dictionary<long, uint> Masks = new Dictionary<long, uint>
        {
            { CR, 0xF }, { IER, 0x3F03 }, { DER, 0x3 }, { CFGR0, 0x307 }, { CFGR1, 0x0F070F0F }, { DMR0, uint.MaxValue },
            { DMR1, uint.MaxValue }, { CCR, uint.MaxValue }, { FCR, 0x000F000F },
        };
    }
}
